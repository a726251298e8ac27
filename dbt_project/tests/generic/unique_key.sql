{# No two rows have the same key. A test and not a PRIMARY KEY: DuckLake refuses one, and its index costs
   memory and file size. Keys are told apart by a number first: among a million rows that takes half the
   time. #}
{% test unique_key(model, columns) %}
{%- set key = columns | join(', ') %}
select
    {{ key }},
    count(*) as rows_with_this_key
from {{ model }}
where hash({{ key }}) in (
    select hash({{ key }}) from {{ model }}
    group by all
    having count(*) > 1
)
group by {{ key }}
having count(*) > 1
{% endtest %}
