{# The day by whose end something was known. A mart shows what is known in the end; `<mart>_as_of(day)` is the same
   SQL with the day that is asked for in this one's place (etl/modelling/as_of.py). #}
{% macro day() -%}
    date '9999-12-31'
{%- endmacro %}

{# Of a table of prints: those that were out by the day. #}
{% macro was_out(alias='') -%}
    {{ alias ~ '.' if alias }}valid_from <= {{ day() }}
{%- endmacro %}

{# Of a table with stretches of days: the rows whose stretch the day lies in. #}
{% macro stood(alias='') -%}
    {{ was_out(alias) }}
    and ({{ alias ~ '.' if alias }}valid_to is null or {{ alias ~ '.' if alias }}valid_to > {{ day() }})
{%- endmacro %}
