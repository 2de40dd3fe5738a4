CREATE {{#unique}}UNIQUE {{/unique}}{{#bitmap}}BITMAP {{/bitmap}}INDEX {{#if_not_exists}}IF NOT EXISTS {{/if_not_exists}}{{name}} ON {{table}} ({{columns}}){{#compress}} {{compress}}{{/compress}}
