/**
 * One low tone, made on the device, while two hold each other's hand. The browser gives sound only after a gesture, so
 * it is first prepared by the hold itself. Own-only, and remembered by this browser alone.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import { createSetting, type Memory } from "./setting.ts";

export interface Sound {
  readonly on: ReadonlySignal<boolean>;
  switch(on: boolean): void;
  /** To be called within a gesture. */
  prepare(): void;
  /** `meeting`: a fifth above joins in. */
  hold(meeting: boolean): void;
  end(): void;
}

const low = 110;
const fifth = 165;

export const createSound = (memory: Memory): Sound => {
  const setting = createSetting(memory, "beside.sound");
  const on = computed(() => setting.value.value !== "off");
  let audio: AudioContext | undefined;
  let playing: { readonly gain: GainNode; readonly upper: GainNode; readonly tones: readonly OscillatorNode[] } | undefined;

  const start = (context: AudioContext): NonNullable<typeof playing> => {
    const gain = context.createGain();
    const upper = context.createGain();
    gain.gain.value = 0;
    upper.gain.value = 0;
    upper.connect(gain);
    gain.connect(context.destination);
    const tone = (frequency: number, to: AudioNode): OscillatorNode => {
      const made = context.createOscillator();
      made.type = "sine";
      made.frequency.value = frequency;
      made.connect(to);
      made.start();
      return made;
    };
    return { gain, upper, tones: [tone(low, gain), tone(fifth, upper)] };
  };

  const end = (): void => {
    if (!playing || !audio) return;
    const { gain, tones } = playing;
    playing = undefined;
    gain.gain.setTargetAtTime(0, audio.currentTime, 0.12);
    for (const tone of tones) tone.stop(audio.currentTime + 0.8);
  };

  return {
    on,
    switch(next) {
      setting.choose(next ? "on" : "off");
      if (!next) end();
    },
    prepare() {
      if (!on.value) return;
      audio ??= new AudioContext();
      if (audio.state === "suspended") void audio.resume();
    },
    hold(meeting) {
      if (!on.value || !audio || audio.state !== "running") return;
      playing ??= start(audio);
      playing.gain.gain.setTargetAtTime(meeting ? 0.11 : 0.05, audio.currentTime, 0.25);
      playing.upper.gain.setTargetAtTime(meeting ? 0.5 : 0, audio.currentTime, 0.35);
    },
    end,
  };
};
