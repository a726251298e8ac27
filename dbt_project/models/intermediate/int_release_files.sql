-- Files whose figures count: landed, one for each edition and its figures. A file that says the same in the
-- same cells as another one is that edition, however often it was saved since: the one that was out first
-- counts, and of a starter SBP's own copy. A file whose day is only when it was first seen does not overrule
-- one of the same edition whose day is known.
with files as (

    select * from {{ ref('stg_release_files') }}
    where status = 'landed'

),

editions as (

    select
        *,
        coalesce(published_on_is = 'first_seen', false) as is_day_unknown
    from files
    qualify row_number() over (
        partition by release_id, figures_sha256
        order by via = 'starter', published_on_is = 'first_seen', published_on, first_seen_at, file_sha256
    ) = 1

)

select * exclude (is_day_unknown)
from editions
qualify
    not (is_day_unknown and bool_or(not is_day_unknown) over (partition by release_id, latest_period_ends_on))
