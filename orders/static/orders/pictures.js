"use strict";
/* Opens the pictures where there is room for them beside the list, unless somebody has closed them; runs before the page is painted. */
{
  const pictures = document.getElementById("pictures");
  const name = "orders.pictures";
  let chosen = null;
  try { chosen = localStorage.getItem(name); } catch { /* a browser that keeps nothing */ }
  pictures.open = chosen ? chosen === "open" : matchMedia("(min-width: 1024px)").matches;
  pictures.querySelector("summary").addEventListener("click", () => {
    try { localStorage.setItem(name, pictures.open ? "closed" : "open"); } catch { /* as above */ }
  });
}
