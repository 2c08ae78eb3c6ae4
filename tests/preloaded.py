"""What a process that is forked again and again imports once: Great Expectations, as we import it."""

from pipelines.prove.expectations import import_great_expectations

import_great_expectations()
