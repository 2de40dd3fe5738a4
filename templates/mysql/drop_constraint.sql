ALTER TABLE {{table}} DROP {{word}}{{#name}} {{#if_exists}}IF EXISTS {{/if_exists}}{{name}}{{/name}}
