CREATE {{#prefixes}}{{text}} {{/prefixes}}TABLE {{#if_not_exists}}IF NOT EXISTS {{/if_not_exists}}{{table}} (
{{#lines}}
    {{text}}{{comma}}
{{/lines}}
){{#suffix}}{{suffix}}{{/suffix}}
