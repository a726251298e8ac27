-- Files whose figures count: landed, and not a starter whose place SBP's own copy has taken. The copy
-- says the same in the same cells, so it is found by its figures and not by its bytes.
with files as (

    select * from {{ ref('stg_release_files') }}
    where status = 'landed'

),

figures_of_sbp as (

    select distinct
        release_id,
        figures_sha256
    from files
    where via <> 'starter'

)

select files.*
from files
left join figures_of_sbp
    on
        files.release_id = figures_of_sbp.release_id
        and files.figures_sha256 = figures_of_sbp.figures_sha256
where files.via <> 'starter' or figures_of_sbp.figures_sha256 is null
