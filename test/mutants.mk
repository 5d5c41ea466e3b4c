# SPDX-License-Identifier: BSD-2-Clause
# Seeded defects, each of which something must catch (test/mutants/README.md).
# Not in CI, but that all of them still apply.

MUTANTS := $(wildcard test/mutants/*.txt)
CHECKS += check-mutants

mutants: ## seed defects one at a time: each must be caught; 10 minutes
	$(Q)scripts/mutants $(MUTANTS)

check-mutants: ## every seeded defect still applies to the source
	$(Q)scripts/mutants --list $(MUTANTS)

.PHONY: mutants
