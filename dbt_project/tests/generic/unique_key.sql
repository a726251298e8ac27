{# No two rows have the same key. A test and not a PRIMARY KEY: DuckLake refuses one, and its index costs
   memory and file size. #}
{% test unique_key(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_with_this_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
