import { NavLink, Outlet, useLocation } from 'react-router'

import { settingsPages } from '../features/settings/settings-pages.ts'

/** The settings: their pages on the left, the one that is open beside them. */
export function SettingsFrame() {
  const { pathname } = useLocation()
  return (
    <div className="settings">
      <nav aria-label="Settings" className="settings-nav">
        <ul className="views">
          {settingsPages.map(({ to, label, icon: Picture }) => (
            <li key={to}>
              <NavLink to={to} className="view" data-current={pathname.startsWith(to) || undefined}>
                <Picture size={16} stroke={1.7} aria-hidden />
                <span className="view-name">{label}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="settings-page">
        <Outlet />
      </div>
    </div>
  )
}
