ALTER TABLE {{table}} DROP CONSTRAINT {{#if_exists}}IF EXISTS {{/if_exists}}{{name}}
