{# SBP's fiscal year FYnn runs from July of the year before to June of nn. #}

{% macro fiscal_year_starts_on(day) -%}
    (date_trunc('year', {{ day }} + interval 6 month) - interval 6 month)::date
{%- endmacro %}

{% macro fiscal_year(day) -%}
    'FY' || lpad((year({{ day }} + interval 6 month) % 100)::varchar, 2, '0')
{%- endmacro %}

{% macro fiscal_quarter(day) -%}
    'Q' || quarter({{ day }} + interval 6 month)::varchar
{%- endmacro %}

{% macro months_between(starts_on, ends_on) -%}
    (datediff('month', {{ starts_on }}, {{ ends_on }}) + 1)
{%- endmacro %}

{# The key of a period in words: 2026-03, FY26-Q3, FY26, FY26-to-03, FY26-10-to-11; a week is called by its
   last day, a span by its first and last month: 1947-08-to-1949-06. #}
{% macro period_key(period_type, starts_on, ends_on) -%}
    case {{ period_type }}
        when 'week' then strftime({{ ends_on }}, '%Y-%m-%d')
        when 'month' then strftime({{ ends_on }}, '%Y-%m')
        when 'span' then strftime({{ starts_on }}, '%Y-%m') || strftime({{ ends_on }}, '-to-%Y-%m')
        when 'fiscal_year' then {{ fiscal_year(ends_on) }}
        when 'fiscal_quarter' then {{ fiscal_year(ends_on) }} || '-' || {{ fiscal_quarter(ends_on) }}
        when 'fiscal_year_to_date' then {{ fiscal_year(ends_on) }} || '-to-' || strftime({{ ends_on }}, '%m')
        else {{ fiscal_year(ends_on) }} || strftime({{ starts_on }}, '-%m') || strftime({{ ends_on }}, '-to-%m')
    end
{%- endmacro %}
