{# SBP's files say credit, debit and net; the marts say what they mean for trade. #}
{% macro flow_of(flow_label) -%}
    case lower({{ flow_label }}) when 'credit' then 'exports' when 'debit' then 'imports' when 'net' then 'balance' end
{%- endmacro %}
