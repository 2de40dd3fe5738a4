CREATE TABLE {{table}} (
    version_num VARCHAR({{length}}) NOT NULL{{#primary_key}}, 
    CONSTRAINT {{primary_key}} PRIMARY KEY (version_num){{/primary_key}}
)
