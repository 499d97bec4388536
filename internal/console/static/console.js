// Keeps what happens up to date while a page is looked at. Without it the page is loaded
// again by hand; nothing else needs a script.
(function () {
  var live = document.querySelector("[data-live]");
  if (!live || !window.fetch) return;
  var paused = false, bar = document.createElement("p"), button = document.createElement("button"), said = document.createElement("span");
  button.type = "button";
  button.textContent = "Pause";
  said.setAttribute("role", "status");
  said.textContent = " Brought up to date every 5 seconds.";
  bar.className = "live";
  bar.append(button, said);
  live.before(bar);
  button.addEventListener("click", function () {
    paused = !paused;
    button.textContent = paused ? "Go on" : "Pause";
    said.textContent = paused ? " Paused." : " Brought up to date every 5 seconds.";
  });
  setInterval(function () {
    if (paused || document.hidden || live.contains(document.activeElement)) return;
    fetch(location.href, { headers: { Accept: "text/html" } }).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.text();
    }).then(function (text) {
      var now = new DOMParser().parseFromString(text, "text/html").getElementById("live");
      if (now) live.replaceChildren.apply(live, now.childNodes);
    }).catch(function () { said.textContent = " The mesh did not answer just now."; });
  }, 5000);
})();
