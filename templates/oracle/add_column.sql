ALTER TABLE {{table}} ADD {{#if_not_exists}}IF NOT EXISTS {{/if_not_exists}}{{column}}{{#primary_key}} PRIMARY KEY{{/primary_key}}{{#references}} {{references}}{{/references}}
