DROP TYPE {{#if_exists}}IF EXISTS {{/if_exists}}{{name}}
