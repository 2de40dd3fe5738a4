{{^known}}IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = OBJECT_ID({{table_literal}}) AND name IN ({{names}})) {{/known}}SET IDENTITY_INSERT {{table}} {{state}}
