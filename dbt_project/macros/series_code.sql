{# The code of a series, which the seeds list, from its key: SCM009 from ts_gp_bop_trdser_m.scm009. #}
{% macro series_code(row_key) -%}
    upper(split_part({{ row_key }}, '.', 2))
{%- endmacro %}
