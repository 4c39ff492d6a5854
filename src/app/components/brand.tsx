/** The leaf and the name. */
export function Brand() {
  return (
    <h1 class="brand">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <path
          fill="currentColor"
          d="M28 3C14 3 5 9 5 19c0 2.600.7 4.800 1.900 6.500L4 28.400 5.900 30.300l2.900-2.900C10.400 28.400 12.500 29 15 29 25 29 29 18 28 3Z"
        />
      </svg>
      <span>Leafcutter</span>
    </h1>
  );
}
