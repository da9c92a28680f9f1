"""What can still be stopped, with what, and until when: advice for a person who decides."""

from vedette.advise.assignment import assign, forever
from vedette.advise.greedy import greedy
from vedette.advise.problem import Assignment, Problem, problem

__all__ = ["Assignment", "Problem", "assign", "forever", "greedy", "problem"]
