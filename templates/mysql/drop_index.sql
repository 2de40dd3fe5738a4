DROP INDEX {{#if_exists}}IF EXISTS {{/if_exists}}{{name}} ON {{table}}
