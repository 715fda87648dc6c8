const reading = document.querySelector('#reading');

document.querySelector('mien-camera').addEventListener('mien-faces', ({ detail: { faces } }) => {
  const words = faces.map(({ emotion, age }) => `${emotion.label}, about ${Math.round(age.years)} (${Math.round(age.low)}–${Math.round(age.high)})`);
  reading.textContent = words.join('; ') || 'Nobody in view.';
});
