DROP TABLE {{#if_exists}}IF EXISTS {{/if_exists}}{{table}}
