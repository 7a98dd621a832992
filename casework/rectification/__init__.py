"""Cases from the notice to the look-back: plans, requests, closure, verification, notes."""
