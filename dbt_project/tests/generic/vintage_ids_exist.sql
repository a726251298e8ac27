{# Every vintage id in some columns is one of `vintages`. #}
{% test vintage_ids_exist(model, columns) %}
with named as (

    {% for column in columns %}
    select '{{ column }}' as column_name, {{ column }} as vintage_id
    from {{ model }}
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from named
anti join {{ ref('vintages') }} as vintages on named.vintage_id = vintages.vintage_id
{% endtest %}
