ALTER TABLE {{table}} DROP COLUMN {{#if_exists}}IF EXISTS {{/if_exists}}{{column}}
