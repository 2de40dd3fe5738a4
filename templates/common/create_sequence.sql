CREATE SEQUENCE {{name}}{{#options}} {{options}}{{/options}}
