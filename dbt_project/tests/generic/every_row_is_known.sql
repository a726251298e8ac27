{# Every landed row has a meaning in the labels seed: reading quarantines a file with one that has none. #}
{% test every_row_is_known(model, seed) %}
select distinct printed.row_key
from {{ model }} as printed
left join {{ ref(seed) }} as labels on printed.row_key = labels.row_key
where labels.row_key is null
{% endtest %}
