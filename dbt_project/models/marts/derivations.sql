-- Which printed figures a derived one is made of: each is added or taken away.
with derived as (

    select * from {{ ref('int_months_derived') }}
    where {{ stood() }}

),

prints as (

    select * from {{ ref('int_vintages_deduplicated') }}

),

figures as (

    select * from {{ ref('int_figures') }}

),

inputs as (

    select
        vintage_id,
        month,
        cumulative_figure_id as figure_id,
        source_id,
        1 as sign
    from derived
    union all by name
    select
        vintage_id,
        month,
        unnest(later_month_figure_ids) as figure_id,
        source_id,
        -1 as sign
    from derived
    union all by name
    select
        vintage_id,
        month,
        cumulative_figure_id_before as figure_id,
        source_id_before as source_id,
        -1 as sign
    from derived
    where cumulative_figure_id_before is not null
    union all by name
    select
        vintage_id,
        month,
        unnest(later_month_figure_ids_before) as figure_id,
        source_id_before as source_id,
        1 as sign
    from derived

)

select
    inputs.vintage_id,
    inputs.month,
    {{ vintage_id('figures.figure_key', 'prints.release_id', 'prints.vintage_published_on') }}
        as input_vintage_id,
    sum(inputs.sign)::integer as sign,
    figures.period as input_period,
    figures.period_type as input_period_type
from inputs
inner join prints on inputs.figure_id = prints.figure_id and inputs.source_id = prints.source_id
inner join figures on inputs.figure_id = figures.figure_id
group by all
having sum(inputs.sign) <> 0
