{{#if_not_exists}}IF OBJECT_ID({{table_literal}}, N'U') IS NULL {{/if_not_exists}}CREATE {{#prefixes}}{{text}} {{/prefixes}}TABLE {{table}} (
{{#lines}}
    {{text}}{{comma}}
{{/lines}}
){{#suffix}} {{suffix}}{{/suffix}}
