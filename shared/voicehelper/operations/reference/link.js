"use strict";
// What the link of a mail leads to. The token leaves the address bar at once, and goes to the API alone.
const query = new URLSearchParams(location.search);
const invitation = query.get("invitation");
const token = query.get("password_reset");
history.replaceState(null, "", "/");
const status = document.getElementById("status");

async function post(path, body, bearer) {
  const headers = { "content-type": "application/json", "accept-language": document.documentElement.lang };
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: body && JSON.stringify(body) });
  const content = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(reason(content));
  return content;
}

// What is wrong with a field says more than that something is.
function reason(error) {
  const fields = (error.details && error.details.fields) || [];
  return [error.message, ...fields.map((field) => field.message)].filter(Boolean).join(" · ");
}

const actions = {
  register: (values) => post("auth/register", { ...values, invitation }),
  join: async (values) => {
    const session = await post("auth/login", values);
    try {
      await post("members/invitations/accept", { invitation }, session.access_token);
    } finally {
      await post("auth/logout", undefined, session.access_token);
    }
  },
  reset: (values) => post("auth/password/reset", { ...values, token }),
};

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  status.textContent = "";
  try {
    await actions[form.id](Object.fromEntries(new FormData(form)));
    document.querySelectorAll("form").forEach((each) => each.remove());
    status.textContent = status.dataset.done;
  } catch (error) {
    status.textContent = (!(error instanceof TypeError) && error.message) || status.dataset.failed;
    button.disabled = false;
  }
  status.focus();
}

document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", send));
