// Sound and vibration of a verdict. Browsers allow both only behind a tap: begin() is called in one.

const BEEPS = {
  good: [[880, 0, 0.09], [1320, 0.1, 0.14]],
  care: [[520, 0, 0.16], [520, 0.24, 0.16]],
  stop: [[196, 0, 0.5]],
};
const SHAKES = { good: [60], care: [90, 70, 90], stop: [400] };

let context = null;

export function begin() {
  const Kind = window.AudioContext || window.webkitAudioContext;
  if (!Kind) return;
  context = context || new Kind();
  context.resume().catch(() => {});
}

/** tone: good, care or stop. */
export function tell(tone) {
  try {
    navigator.vibrate?.(SHAKES[tone]);
  } catch {
    // not on this phone
  }
  if (context === null || context.state !== "running") return;
  for (const [hertz, after, long] of BEEPS[tone]) {
    const from = context.currentTime + after;
    const source = context.createOscillator();
    const volume = context.createGain();
    source.type = tone === "stop" ? "square" : "sine";
    source.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + long);
    source.connect(volume).connect(context.destination);
    source.start(from);
    source.stop(from + long);
  }
}
