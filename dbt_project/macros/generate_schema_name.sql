{# Schemas are called as the models say (`marts`), with no prefix: their names are a contract. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
