{# Prints of a thousand editions are put in order several times faster by a number than by text. The numbers are
   the same within a build only; what is published is called by text. #}

{# One figure, whoever prints it. #}
{% macro figure_id() -%}
    hash(series, code, flow, period_type, period_starts_on, period_ends_on)
{%- endmacro %}

{# One figure as one release prints it. #}
{% macro figure_of_release_id() -%}
    hash(figure_id, release_id)
{%- endmacro %}

{# What a series prints of one item or line, whatever the period. #}
{% macro line_id(series, code, flow) -%}
    hash({{ series }}, {{ code }}, {{ flow }})
{%- endmacro %}

{# All that a series prints of one flow for one period. #}
{% macro period_of_series_id() -%}
    hash(series, flow, period_type, period_starts_on, period_ends_on)
{%- endmacro %}

{# One file, or one print that quoted one. #}
{% macro source_id(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{# One value that one source gave for one figure, called by the print that gave it first:
   services:9:exports:2026-03:trade_in_services:2026-04-17. #}
{% macro vintage_id(figure_key, release_id, published_on) -%}
    {{ figure_key }} || ':' || {{ release_id }} || ':' || {{ published_on }}
{%- endmacro %}
