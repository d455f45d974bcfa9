// Tick everybody of a list (data-tick-all="name of the boxes"), and copy a link (data-copy).

document.addEventListener("click", (event) => {
  const all = event.target.closest("[data-tick-all]");
  if (!all) return;
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${all.dataset.tickAll}"]:not(:disabled)`)];
  const on = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = on;
  all.textContent = on ? "Tick nobody" : "Tick everybody";
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.firstChild.textContent = "Copied";
  } catch {
    button.closest(".panel-body").querySelector("[readonly]").select();
  }
});
