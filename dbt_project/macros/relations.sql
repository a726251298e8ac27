{# A relation is called by schema and name, without the catalogue: a view holds the names of what it reads, and
   whoever attaches the published file calls the catalogue as they like. Also as-of macros are made of this SQL. #}

{% macro ref() -%}
    {%- do return(builtins.ref(*varargs, **kwargs).include(database=false)) -%}
{%- endmacro %}

{% macro source() -%}
    {%- do return(builtins.source(*varargs, **kwargs).include(database=false)) -%}
{%- endmacro %}
