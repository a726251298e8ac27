{# Numbers as a careful press officer says them. They carry no sign: the sentence has the word for it. #}

{# 437 million, 2.24 billion, 8.4 million; of a million US$ and more no digit that the source may not have. #}
{% macro format_usd_mn(value) -%}
    case
        when round(abs({{ value }})) >= 1000
            then {{ without_trailing_zeros("format('{:.2f}', (round(abs(" ~ value ~ ") / 1000, 2))::double)") }}
                || ' billion'
        when round(abs({{ value }}), 1) >= 10 then round(abs({{ value }}))::bigint::varchar || ' million'
        else {{ without_trailing_zeros("format('{:.1f}', round(abs(" ~ value ~ "), 1)::double)") }} || ' million'
    end
{%- endmacro %}

{# 23 %; below one per cent 0.4 %: changes of figures in whole millions are known no better. #}
{% macro format_change_pct(value) -%}
    case
        when round(abs({{ value }}), 1) >= 1 then round(abs({{ value }}))::bigint::varchar
        else format('{:.1f}', round(abs({{ value }}), 1)::double)
    end || ' %'
{%- endmacro %}

{# 46.7 % #}
{% macro format_share_pct(value) -%}
    format('{:.1f}', round(abs({{ value }}), 1)::double) || ' %'
{%- endmacro %}

{# 19.9 million: what a day earns differs after the point. #}
{% macro format_usd_mn_a_day(value) -%}
    format('{:.1f}', round({{ value }}, 1)::double) || ' million'
{%- endmacro %}

{# 122 billion, 1.59 trillion rupees. #}
{% macro format_pkr_mn(value) -%}
    case
        when round({{ value }} / 1000) >= 1000
            then {{ without_trailing_zeros("format('{:.2f}', round(" ~ value ~ " / 1000000, 2)::double)") }} || ' trillion'
        else round({{ value }} / 1000)::bigint::varchar || ' billion'
    end || ' rupees'
{%- endmacro %}

{% macro format_count(value) -%}
    ({{ value }})::bigint::varchar
{%- endmacro %}

{# second, third; from eleven on 11th, 21st, 112th. #}
{% macro format_rank(value) -%}
    case
        when ({{ value }}) between 1 and 10
            then
                ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']
                [({{ value }})::bigint]
        else
            ({{ value }})::bigint::varchar
            || case
                when ({{ value }})::bigint % 100 between 11 and 13 then 'th'
                when ({{ value }})::bigint % 10 = 1 then 'st'
                when ({{ value }})::bigint % 10 = 2 then 'nd'
                when ({{ value }})::bigint % 10 = 3 then 'rd'
                else 'th'
            end
    end
{%- endmacro %}

{# 2.60 is said 2.6, and 2.00 is said 2. #}
{% macro without_trailing_zeros(text) -%}
    regexp_replace({{ text }}, '\.?0+$', '')
{%- endmacro %}

{# up {name}, down {name} or unchanged, as the number of that name will be said. #}
{% macro moved(value, name) -%}
    case
        when round(abs({{ value }}), 1) = 0 then 'unchanged'
        when {{ value }} > 0 then 'up {{ '{' ~ name ~ '}' }}'
        when {{ value }} < 0 then 'down {{ '{' ~ name ~ '}' }}'
    end
{%- endmacro %}

{# {name} above, {name} below or at. #}
{% macro above_or_below(value, name) -%}
    case
        when round(abs({{ value }}), 1) = 0 then 'at'
        when {{ value }} > 0 then '{{ '{' ~ name ~ '}' }} above'
        when {{ value }} < 0 then '{{ '{' ~ name ~ '}' }} below'
    end
{%- endmacro %}
