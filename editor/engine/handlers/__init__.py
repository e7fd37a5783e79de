"""What answers each job: generators of reports, one module for each family of jobs.

A handler takes the workspace and its job, yields reports, and ends with Finished or raises: an
EngineFailure, or an error of the document that it was reading. What it keeps, it keeps there.
"""
