{# Money in marts: million US$, to the dollar. #}
{% macro usd_mn(expression) -%}
    ({{ expression }})::decimal(18, 6)
{%- endmacro %}

{# Change in per cent, to four decimals; null where the base is unknown or zero. #}
{% macro pct_change(value, base) -%}
    round(100 * ({{ value }} / nullif({{ base }}, 0) - 1), 4)::decimal(18, 4)
{%- endmacro %}

{# Part of a whole in per cent, to four decimals; null where the whole is unknown or zero. #}
{% macro share_pct(part, whole) -%}
    round(100 * {{ part }} / nullif({{ whole }}, 0), 4)::decimal(18, 4)
{%- endmacro %}
