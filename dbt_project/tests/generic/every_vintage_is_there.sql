{# Every vintage id in some columns is one of `vintages`. #}
{% test every_vintage_is_there(model, columns) %}

{% for column in columns %}
select '{{ column }}' as column_name, {{ column }} as vintage_id
from {{ model }}
where {{ column }} not in (select vintage_id from {{ ref('vintages') }})
{{ 'union all' if not loop.last }}
{% endfor %}

{% endtest %}
