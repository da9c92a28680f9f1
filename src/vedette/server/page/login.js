// Sends name and password as JSON, and shows what the server says as text, never as HTML.
const form = document.querySelector("form");
const said = document.querySelector("#said");
const button = document.querySelector("button");

// A link from elsewhere comes without the cookie (SameSite=Strict); this request, from our own page, brings it.
fetch("/api/account").then((answer) => {
  if (answer.ok) location.replace(`/${location.hash}`);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  said.textContent = "";
  try {
    const answer = await fetch("/api/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: form.elements.name.value, password: form.elements.password.value }),
    });
    if (answer.ok) {
      location.replace(`/${location.hash}`);
      return;
    }
    const text = await answer.text();
    try {
      said.textContent = JSON.parse(text).message;
    } catch {
      said.textContent = text; // a sentence in plain text
    }
  } catch {
    said.textContent = "The server does not answer. Is it running, and is this machine on its network?";
  }
  button.disabled = false;
  form.elements.password.value = "";
  form.elements.password.focus();
});
