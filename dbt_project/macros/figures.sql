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

{# How many times as large a balance is as another, to four decimals; null where one is in surplus and the other
   in deficit, or where the other is unknown or zero. #}
{% macro ratio_of_balances(value, base) -%}
    case when sign({{ value }}) = sign({{ base }}) then round({{ value }} / nullif({{ base }}, 0), 4)::decimal(18, 4) end
{%- endmacro %}

{# Compound growth a year in per cent, to four decimals; null where a figure is unknown, zero or negative. #}
{% macro cagr_pct(value, base, years) -%}
    round(
        100 * (power(case when {{ value }} > 0 then {{ value }} end / case when {{ base }} > 0 then {{ base }} end, 1 / ({{ years }})) - 1),
        4
    )::decimal(18, 4)
{%- endmacro %}

{# The highest multiple of a step that a figure is above and the highest one before was not: the first above 400.
   Null where it is above none, or nothing is known before. #}
{% macro first_above(value, highest_before, step) -%}
    case
        when
            {{ value }} > {{ step }}
            and {{ highest_before }} <= (ceil({{ value }} / {{ step }}) - 1) * {{ step }}
            then ((ceil({{ value }} / {{ step }}) - 1) * {{ step }})::integer
    end
{%- endmacro %}

{# Change in per cent of what was a surplus; null where it was none: a balance changes sign. #}
{% macro pct_change_of_surplus(value, base) -%}
    case when {{ base }} > 0 then {{ pct_change(value, base) }} end
{%- endmacro %}

{# The sum of roundings, as exact as they are: half units of the last digit end in a five, so that a sum of
   floating-point numbers, whose last bit is as its order has it, stands just above or below any place to round at. #}
{% macro sum_of_roundings(column, window='') -%}
    sum({{ column }}::decimal(38, 24)){{ ' over ' ~ window if window }}
{%- endmacro %}
