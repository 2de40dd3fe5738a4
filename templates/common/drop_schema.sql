DROP SCHEMA {{#if_exists}}IF EXISTS {{/if_exists}}{{name}}{{#cascade}} CASCADE{{/cascade}}
