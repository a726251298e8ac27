{# In each file, period and flow, as landed: an item is the sum of the items below it, and total services
   that of the twelve main items. N/A counts as nothing. #}
{% test parents_are_sums_of_children(model, tolerance) %}
with figures as (

    select
        printed.file_sha256,
        printed.column_label,
        printed.flow_label,
        labels.item_code,
        items.parent_item_code,
        coalesce(printed.value, 0) as value
    from {{ model }} as printed
    inner join {{ ref('ebops_item_labels') }} as labels on printed.row_key = labels.row_key
    inner join {{ ref('ebops_items') }} as items on labels.item_code = items.item_code

),

children as (

    select
        file_sha256,
        column_label,
        flow_label,
        parent_item_code,
        sum(value) as sum_of_children
    from figures
    where parent_item_code is not null
    group by file_sha256, column_label, flow_label, parent_item_code

)

select
    parents.file_sha256,
    parents.column_label,
    parents.flow_label,
    parents.item_code,
    parents.value,
    children.sum_of_children
from figures as parents
inner join children
    on
        parents.file_sha256 = children.file_sha256
        and parents.column_label = children.column_label
        and parents.flow_label = children.flow_label
        and parents.item_code = children.parent_item_code
where abs(parents.value - children.sum_of_children) > {{ tolerance }}
{% endtest %}
