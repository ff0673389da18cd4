"""Saved searches."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from phototag.app import searches
from phototag.web.api import models
from phototag.web.api.asking import Served

router = APIRouter(tags=["searches"])


@router.get("/searches", operation_id="listSearches")
def listed(library: Served) -> models.Searches:
    """All saved searches, by name. What one finds: `/find?q=` with its query."""
    with library.reading() as index:
        return models.Searches(searches=[_model(search) for search in searches.searches(index)])


@router.put("/searches", operation_id="saveSearch")
def save(library: Served, wish: models.Saving) -> models.Saved:
    """Keep a query by a name. One that is wrong is refused, and so is the name of another query (409)."""
    with library.writing() as index:
        search = searches.save(index, wish.name, wish.query)
    return models.Saved(said=f"{search.name} is saved.", search=_model(search))


@router.post("/searches/rename", operation_id="renameSearch")
def rename(library: Served, wish: models.Renaming) -> models.Saved:
    """Call a saved search something else."""
    with library.writing() as index:
        search = searches.rename(index, wish.name, wish.new)
    return models.Saved(said=f"The search is called {search.name} now.", search=_model(search))


@router.delete("/searches", operation_id="deleteSearch")
def delete(library: Served, name: Annotated[str, Query(max_length=1_000, examples=["us"])]) -> models.Saved:
    """Forget a saved search. The answer has what it was; to take that back, save it again."""
    with library.writing() as index:
        search = searches.delete(index, name)
    return models.Saved(said=f"The search {search.name} is deleted.", search=_model(search))


def _model(search: searches.Search) -> models.Search:
    return models.Search(name=search.name, query=search.text)
