ALTER TABLE {{table}} MODIFY {{column}} DEFAULT {{#default}}{{default}}{{/default}}{{^default}}NULL{{/default}}
