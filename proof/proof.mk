# SPDX-License-Identifier: BSD-2-Clause
# Proofs of the core by Frama-C/WP: proof/README.md.

prove: ## prove the core's promises about memory
	$(Q)proof/prove build/proof
	$(Q)proof/prove --smoke build/proof

prove-smoke: ## only look for contradictions in what is assumed
	$(Q)proof/prove --smoke build/proof

CHECKS += prove
.PHONY: prove prove-smoke
