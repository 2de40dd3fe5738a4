CREATE SCHEMA {{#if_not_exists}}IF NOT EXISTS {{/if_not_exists}}{{name}}
