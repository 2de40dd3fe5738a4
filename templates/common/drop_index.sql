DROP INDEX {{#concurrently}}CONCURRENTLY {{/concurrently}}{{#if_exists}}IF EXISTS {{/if_exists}}{{name}}
