// Sends what a form asks and shows the answer as text, never as HTML.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const out = form.nextElementSibling;
    out.hidden = false;
    out.textContent = "…";
    let path = form.dataset.path;
    const query = new URLSearchParams();
    const options = { method: form.dataset.method };
    for (const field of form.elements) {
      if (field.name === "body") {
        options.body = field.value;
        options.headers = { "Content-Type": "application/json" };
      } else if (field.dataset.in === "path") {
        path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
      } else if (field.dataset.in === "query" && field.value) {
        query.set(field.name, field.value);
      }
    }
    try {
      const answer = await fetch(query.size ? `${path}?${query}` : path, options);
      const text = await answer.text();
      let shown = text;
      try {
        shown = JSON.stringify(JSON.parse(text), null, 2);
      } catch {
        // a sentence in plain text
      }
      out.textContent = `${answer.status}\n${shown}`;
    } catch (error) {
      out.textContent = `The server did not answer: ${error.message}`;
    }
  });
}
