REFERENCES {{table}} ({{columns}}){{#match}} MATCH {{match}}{{/match}}{{#on_delete}} ON DELETE {{on_delete}}{{/on_delete}}{{#on_update}} ON UPDATE {{on_update}}{{/on_update}}
