(function () {
  'use strict';
  // Three sounds start together and only their gains change, so switching loses neither the place nor a sample.
  var root = document.getElementById('listen');
  var Context = window.AudioContext || window.webkitAudioContext;
  var sounds = Array.prototype.slice.call(root.querySelectorAll('audio'));
  if (!Context || sounds.length !== 3) { return; }
  var deck = root.querySelector('.deck');
  var natives = root.querySelector('.natives');
  var play = root.querySelector('.play');
  var takes = Array.prototype.slice.call(root.querySelectorAll('.take'));
  var waves = Array.prototype.slice.call(root.querySelectorAll('.wave'));
  var line = root.querySelector('.line');
  var head = root.querySelector('.head');
  var clock = root.querySelector('.clock');
  var said = root.querySelector('.said');
  var start = parseFloat(root.dataset.start);
  var length = parseFloat(root.dataset.length);
  var calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  var names = ['Before', 'Mix', 'Master'];
  var context = null, buffers = null, gains = [], sources = [];
  var chosen = 1, position = 0, since = 0, playing = false, loading = false;

  natives.hidden = true;
  deck.hidden = false;

  function bytes(sound) {
    var text = atob(sound.getAttribute('src').split(',')[1]);
    var out = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) { out[i] = text.charCodeAt(i); }
    return out.buffer;
  }
  function load() {
    context = new Context();
    gains = sounds.map(function () {
      var gain = context.createGain();
      gain.connect(context.destination);
      return gain;
    });
    return Promise.all(sounds.map(function (sound) {
      return new Promise(function (done, failed) { context.decodeAudioData(bytes(sound), done, failed); });
    })).then(function (decoded) { buffers = decoded; });
  }
  function fallBack() {
    deck.hidden = true;
    natives.hidden = false;
  }
  function now() {
    return playing ? Math.min(length, position + context.currentTime - since) : position;
  }
  function words(seconds) {
    var whole = Math.floor(start + seconds);
    return Math.floor(whole / 60) + ':' + ('0' + whole % 60).slice(-2);
  }
  function show() {
    var at = now();
    head.style.left = (length > 0 ? 100 * at / length : 0) + '%';
    clock.textContent = words(at);
    line.setAttribute('aria-valuenow', at.toFixed(1));
    line.setAttribute('aria-valuetext', words(at));
  }
  function follow() {
    if (!playing) { return; }
    if (now() >= length) { stop(); position = 0; show(); return; }
    show();
    if (calm.matches) { setTimeout(follow, 1000); } else { requestAnimationFrame(follow); }
  }
  function silence() {
    sources.forEach(function (source) { source.stop(); source.disconnect(); });
    sources = [];
  }
  function begin() {
    silence();
    since = context.currentTime + 0.02;
    sources = buffers.map(function (buffer, i) {
      var source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(gains[i]);
      gains[i].gain.value = i === chosen ? 1 : 0;
      source.start(since, position);
      return source;
    });
  }
  function stop() {
    position = now();
    playing = false;
    silence();
    root.classList.remove('playing');
    play.setAttribute('aria-label', 'Play');
  }
  function toggle() {
    if (playing) { stop(); show(); return; }
    if (loading) { return; }
    loading = true;
    (buffers ? Promise.resolve() : load()).then(function () { return context.resume(); }).then(function () {
      loading = false;
      playing = true;
      begin();
      root.classList.add('playing');
      play.setAttribute('aria-label', 'Pause');
      follow();
    }).catch(fallBack);
  }
  function choose(number) {
    chosen = number;
    takes.forEach(function (take, i) { take.setAttribute('aria-pressed', String(i === number)); });
    waves.forEach(function (wave, i) { wave.classList.toggle('on', i === number); });
    said.textContent = names[number];
    if (context) {
      gains.forEach(function (gain, i) { gain.gain.setTargetAtTime(i === number ? 1 : 0, context.currentTime, 0.004); });
    }
  }
  function seek(seconds) {
    position = Math.max(0, Math.min(length, seconds));
    if (playing) { begin(); }
    show();
  }
  function point(event) {
    var box = line.getBoundingClientRect();
    seek(length * (event.clientX - box.left) / box.width);
  }

  play.addEventListener('click', toggle);
  takes.forEach(function (take, i) { take.addEventListener('click', function () { choose(i); }); });
  line.addEventListener('pointerdown', function (event) {
    line.setPointerCapture(event.pointerId);
    point(event);
  });
  line.addEventListener('pointermove', function (event) { if (event.buttons === 1) { point(event); } });
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    var at = document.activeElement;
    var here = at === document.body || root.contains(at);
    var button = at && /^(BUTTON|SUMMARY|A)$/.test(at.tagName);
    var key = event.key;
    if (key === ' ' && here && !button) { toggle(); }
    else if (key === 'ArrowRight' && here) { seek(now() + 2); }
    else if (key === 'ArrowLeft' && here) { seek(now() - 2); }
    else if (key === 'Home' && at === line) { seek(0); }
    else if (key === 'End' && at === line) { seek(length); }
    else if (/^[123]$/.test(key) && here) { choose(Number(key) - 1); }
    else { return; }
    event.preventDefault();
  });
  show();
})();
